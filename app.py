"""Starts the page: python app.py, then open http://127.0.0.1:7860."""

from assistant.ui import serve

if __name__ == "__main__":
    raise SystemExit(serve())
