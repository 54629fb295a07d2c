"""Serves `extract` until the parent is gone."""

from functions.analyze_document.extraction.extract import extract
from shared.worker.child import serve

if __name__ == "__main__":
    serve(extract)
