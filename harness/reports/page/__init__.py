"""
The report that people look at: one HTML file that needs no network, with a timeline for every scenario.

Belongs here: the page's templates, its style, its script, and what is put into them. The page is written scenario by
scenario, so that a long run needs no more memory than its longest scenario.
"""

from __future__ import annotations

from harness.reports.page.writing import Run, facts_of, write_page

__all__ = ["Run", "facts_of", "write_page"]
