"""Workers on other machines (`--tx ssh=...`): options go out, and checked reports come in.

They share no file system with the controller. `nodes` is the controller's side, `arrival` the
worker's.
"""
