# expect: syntax_error
```python
def f(x):
    return x.count("1") % 2
```
