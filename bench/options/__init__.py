"""Every option, declared once: raw values go in; settings or a complaint come out."""
