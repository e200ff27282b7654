"""What the features say, as ledgers and the index see it."""

from __future__ import annotations

from harness.plugin.catalogue import catalogue

FEATURE = """\
@shop
Feature: A shelf
  @upstream
  Rule: Nothing moves
    @slow
    Scenario Outline: A <thing> is found
      Given a <thing>

      Examples:
        | thing |
        | book  |

      @exclusive
      Examples:
        | thing |
        | map   |
"""


def test_a_scenario_bears_the_tags_of_all_that_it_stands_under(tmp_path):
    path = tmp_path / "shelf.feature"
    path.write_text(FEATURE)

    [entry] = catalogue(path)

    assert entry.tags == {"shop", "upstream", "slow", "exclusive"}
