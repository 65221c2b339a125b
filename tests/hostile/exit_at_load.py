# expect: load_error
raise SystemExit(0)
