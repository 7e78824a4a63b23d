"""The officials' dashboard, a page made here without a script. Read page (what it shows), drawing (map and lines), server."""
