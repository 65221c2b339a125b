"""Every option, declared once: raw values go in, frozen settings or one line of complaint come out."""
