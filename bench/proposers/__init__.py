"""Whatever turns a prompt into an answer: a model, the enumerator, a replayed answer."""
