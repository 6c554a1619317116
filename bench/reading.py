"""Print what the reading process costs, and how long it takes over a page of 80,000 nested tags.

python bench/reading.py
"""

import statistics
import time

from incidex.text import ReaderProcess

PAGE = b"<html><body><p>Example Corp suffered a data breach on 3 May 2024.</p></body></html>"
NESTED = b"<html><body>" + b"<div>" * 80_000 + PAGE[12:-14] + b"</div>" * 80_000 + b"</body></html>"


def read(reader: ReaderProcess, page: bytes) -> tuple[float, str]:
    """Return how long a page takes in seconds, and its text."""
    began = time.perf_counter()
    document = reader.read(page, name="page.html", report="rep-bench")
    return time.perf_counter() - began, document.text


def main() -> None:
    with ReaderProcess() as reader:
        print(f"start and first page    {read(reader, PAGE)[0] * 1000:7.1f} ms")
        again = statistics.median(read(reader, PAGE)[0] for _ in range(200))
        print(f"each small page after   {again * 1000:7.1f} ms (median of 200)")
        seconds, text = read(reader, NESTED)
        kept = "kept" if "Example Corp" in text else "LOST"
        print(f"80,000 nested tags      {seconds * 1000:7.1f} ms, text {kept}")


if __name__ == "__main__":
    main()
