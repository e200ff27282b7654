"""Feature files are tests by themselves, each scenario once; what is wrong with them is said before anything runs."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import FEATURE, GLUE
from tests.plugin.test_outcome import results


def test_feature_runs_without_glue(pytester, write_feature):
    """A feature file needs no Python that binds it."""
    write_feature()

    result = pytester.runpytest("shelf.feature")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*A book is found where it was put*", "*Given a shelf*", "*report: *report.html"])


def test_scenario_bound_in_python_runs_once(pytester, write_feature):
    """Who binds a scenario by scenarios() has it run there, and only there."""
    write_feature()
    pytester.makepyfile(test_shelf="from pytest_bdd import scenarios\nscenarios('shelf.feature')")

    result = pytester.runpytest("-v", ".")

    result.assert_outcomes(passed=1, deselected=1)
    assert [one["id"] for one in results(pytester)] == ["test_shelf.py::test_a_book_is_found_where_it_was_put"]


SHOP = """\
Feature: Shop
  Scenario: Sale
    Given a till
  Scenario: Theft
    Given a till
"""
TILL = """\
from pytest_bdd import given, scenario, scenarios
@given("a till")
def a_till(): pass
"""


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_feature_that_nothing_can_run_is_told_and_red(pytester, workers):
    """A misspelt feature must not be lost among others."""
    pytester.makefile(".feature", shop=SHOP)
    pytester.makepyfile("def test_one(): assert True")

    result = pytester.runpytest(".", *workers)

    assert result.ret == (pytest.ExitCode.TESTS_FAILED if workers else pytest.ExitCode.INTERRUPTED)
    result.assert_outcomes(errors=1, passed=len(workers))  # xdist runs what it could collect
    told = ["*shop.feature:1: no sentence of this feature is known*", "*scenarios()*--ignore=shop.feature*"]
    result.stdout.fnmatch_lines([*told, "*shop.feature:3: no step is defined for: Given a till"])
    assert [one["outcome"] for one in results(pytester)] == ["error"]


@pytest.mark.parametrize("arguments", [("-k", "one"), ("-m", "slow"), ("--collect-only",)])
def test_selecting_other_tests_makes_such_a_feature_no_better(pytester, arguments):
    pytester.makefile(".feature", shop=SHOP)
    pytester.makepyfile("def test_one(): assert True")

    assert pytester.runpytest(".", *arguments).ret == pytest.ExitCode.INTERRUPTED


def test_such_a_feature_that_is_left_out_is_nobodys_concern(pytester):
    pytester.makefile(".feature", shop=SHOP)
    pytester.makepyfile("def test_one(): assert True")

    pytester.runpytest(".", "--ignore=shop.feature").assert_outcomes(passed=1)


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_feature_of_somebody_elses_steps_runs_where_a_module_binds_it(pytester, workers):
    """Its steps may stand in that module, where nobody but it can see them."""
    pytester.makefile(".feature", shop=SHOP)
    pytester.makepyfile(test_shop=TILL + "scenarios('shop.feature')")

    pytester.runpytest(".", *workers).assert_outcomes(passed=2)


def test_feature_of_which_a_module_binds_but_one_scenario_is_red(pytester):
    pytester.makefile(".feature", shop=SHOP)
    pytester.makepyfile(test_shop=TILL + "@scenario('shop.feature', 'Sale')\ndef test_sale(): pass")

    result = pytester.runpytest(".")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*shop.feature:5: no step is defined for: Given a till"])
    result.stdout.no_fnmatch_line("*shop.feature:3: *")


def test_module_may_have_the_steps_that_a_feature_adds_to_known_ones(pytester, write_feature):
    write_feature(FEATURE + "    And a till\n")
    steps = TILL.replace("given(", "then(").replace("given,", "then,")
    pytester.makepyfile(test_shelf=steps + "scenarios('shelf.feature')")

    pytester.runpytest(".").assert_outcomes(passed=1, deselected=1)


GERMAN = """\
# language: de
Funktionalität: Ein Regal
  Szenario: Das Gleiche
    Angenommen a shelf
  Szenario: Das Gleiche
    Angenommen a shelf
"""
TABLES = """\
    Examples:
      | n |
      | 2 |
    Examples:
      | m |
      | 2 |
"""


@pytest.mark.row(31, 32)
@pytest.mark.parametrize(
    ("broken", "told"),
    [
        pytest.param(
            FEATURE.replace("a shelf\n", "a shelv\n"),
            ["*shelf.feature:3: no step is defined for: Given a shelv", "*statefulspec steps*"],
            id="undefined step",
        ),
        pytest.param(
            FEATURE.replace("Given a shelf\n", "When StatefulSet \u201cweb\u201d is  aplied with 2 replicas\n"),
            ['*perhaps: When StatefulSet "{name:Name}" is applied with {replicas:Replicas}*'],
            id="misspelt step",
        ),
        pytest.param(
            FEATURE.replace("a shelf\n", "a\u00a0 shelf\n"),
            ["*shelf.feature:3: no step is defined for: *", "*plain blanks*: a shelf"],
            id="blanks that are none",
        ),
        pytest.param(
            FEATURE.replace("Given a shelf\n", "When a shelf\n"),
            ["*shelf.feature:3: no step is defined for: When a shelf", "*it is known after Given; *"],
            id="step after another keyword",
        ),
        pytest.param(
            FEATURE.replace("a shelf\n", "a shelf\n      | a |\n"),
            ["*shelf.feature:3: this step reads no table: Given a shelf", "*leave out what stands below it*"],
            id="table that nothing reads",
        ),
        pytest.param(
            FEATURE.replace("a shelf\n", 'a shelf\n      """\n      a\n      """\n'),
            ["*shelf.feature:3: this step reads no text: Given a shelf"],
            id="text that nothing reads",
        ),
        pytest.param(
            "# language: fr\n" + FEATURE,
            ["*shelf.feature:2: Feature is English, and this file is in fr", "*write Fonctionnalit\u00e9, or leave*"],
            id="keywords of another language",
        ),
        pytest.param(
            FEATURE.replace("a shelf\n", "a shelf\n      | a | b |\n      | c |\n"),
            ["*shelf.feature:5: inconsistent cell count within the table"],
            id="rows of different lengths",
        ),
        pytest.param(
            FEATURE + FEATURE.partition("\n")[2],
            ["*shelf.feature:2: *the same title as the one in line 5: A book is*", "*shelf.feature:5: *in line 2*"],
            id="one title twice",
        ),
        pytest.param(
            FEATURE + "  Rule: Books return\n" + FEATURE.partition("\n")[2],
            ["*shelf.feature:2: *the same title as the one in line 6*", "*shelf.feature:6: *in line 2*"],
            id="one title under two rules",
        ),
        pytest.param(
            "Feature: A shelf\n" + 3 * "  Scenario:\n    Given a shelf\n",
            [
                "*shelf.feature:2: *the same title as those in lines 4, 6: none",
                "*:4: *lines 2, 6*",
                "*:6: *lines 2, 4*",
            ],
            id="untitled",
        ),
        pytest.param(GERMAN, ["*shelf.feature:3: *as the one in line 5: Das Gleiche", "*:5: *in line 3*"], id="German"),
        pytest.param(
            FEATURE.replace("2 seconds", "<n> seconds") + TABLES,
            ["*shelf.feature:4: no example gives <n>", "*the examples in line 8 have m*"],
            id="placeholder without column in one of two tables",
        ),
        pytest.param(
            FEATURE + "    | <nam> |\n    Examples:\n    | name |\n    | book |\n",
            ["*shelf.feature:4: no example gives <nam>", "*the examples in line 6 have name*"],
            id="placeholder without column in a table of a step",
        ),
        pytest.param(
            FEATURE + '    """\n    <nam>\n    """\n    Examples:\n    | name |\n    | book |\n',
            ["*shelf.feature:4: no example gives <nam>", "*the examples in line 8 have name*"],
            id="placeholder without column in a text of a step",
        ),
        pytest.param(
            FEATURE + "    Examples:\n    | name |\n",
            ["*shelf.feature:5: these examples have no row*"],
            id="examples without a row",
        ),
        pytest.param(FEATURE + "    Examples:\n", ["*shelf.feature:5: these examples have no row*"], id="no table"),
        pytest.param(
            FEATURE + "    Examples:\n    | name | name |\n    | a | b |\n",
            ["*shelf.feature:5: these examples have the column name twice*"],
            id="one column twice",
        ),
        pytest.param(
            FEATURE.replace("  Scenario:", "  Background:\n    Given a shelf\n  Scenario: Empty\n  Scenario:"),
            ["*shelf.feature:4: this scenario has no step: Empty"],
            id="empty scenario under a background",
        ),
        pytest.param(
            "# language: zh-cn\n" + FEATURE,
            ["*shelf.feature:1: Gherkin has no language 'zh-cn'", "*write `# language: zh-CN`*"],
            id="language in another case",
        ),
        pytest.param(
            "# language: klingon\n" + FEATURE,
            ["*shelf.feature:1: Gherkin has no language 'klingon'", "*one of af, am,*"],
            id="unknown language",
        ),
        pytest.param(
            FEATURE + "  Scenario: Nothing happens\n",
            ["*shelf.feature:5: this scenario has no step: Nothing happens"],
            id="empty scenario",
        ),
        pytest.param("Feature: Empty\n", ["*shelf.feature:1: this feature has no scenario"], id="empty feature"),
        pytest.param("", ["*shelf.feature: there is no Feature in this file"], id="empty file"),
        pytest.param(
            FEATURE.replace("Scenario:", "Scenario Outline:").replace("2 seconds", "<span> seconds"),
            ["*shelf.feature:4: no example gives <span>"],
            id="placeholder without column",
        ),
        pytest.param(FEATURE.replace("Then", "Thn"), ["*shelf.feature:4: *"], id="misspelt keyword"),
    ],
)
def test_unfit_feature_is_refused_with_its_line(pytester, write_feature, broken, told):
    """Every finding names file and line, nothing is run, and the exit code says so."""
    write_feature(broken)

    result = pytester.runpytest("shelf.feature")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(told)
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


@pytest.mark.row(32)
def test_two_definitions_of_one_step_are_refused(pytester, write_feature):
    """A sentence means one thing."""
    write_feature(glue=GLUE + "\n@given('a shelf')\ndef another_shelf():\n    pass\n")

    result = pytester.runpytest("shelf.feature")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*shelf.feature:3: more than one step is defined for: Given a shelf"])


@pytest.mark.row(34)
def test_feature_runs_in_xdist_workers(pytester, write_feature):
    """The results of workers reach the report of the run."""
    write_feature()

    result = pytester.runpytest("shelf.feature", "-n2")

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*A book is found where it was put*", "1 scenario: 1 passed"])
    assert (pytester.path / "statefulspec-report" / "results.jsonl").read_text().count("\n") == 1


def test_workers_run_scenarios_that_must_be_alone_last(pytester, write_feature):
    """A worker that waits for all others to end must not wait for scenarios that have not begun."""
    title, *scenario = FEATURE.splitlines(keepends=True)
    alone = ["  @exclusive\n", "  Scenario: Nobody else is there\n", *scenario[1:]]
    write_feature("".join([title, *alone, *scenario]))

    pytester.runpytest("shelf.feature", "-n1").assert_outcomes(passed=2)
    assert [one["title"] for one in results(pytester)] == ["A book is found where it was put", "Nobody else is there"]


def test_unused_plugin_prints_nothing_and_imports_no_client(pytester):
    """Installed beside other tests the plugin is silent and light: what it imports takes some 15 ms of processor."""
    pytester.makepyfile(
        """
        import sys
        def test_light():
            print("ours:", *sorted(name for name in sys.modules if name.startswith("harness.")))
            heavy = {"kubernetes", "ruamel.yaml", "dns", "urllib3", "multiprocessing.connection", "steps"}
            assert not heavy & set(sys.modules)
        """
    )

    result = pytester.runpytest_subprocess("-s")

    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*statefulspec:*")
    assert not (pytester.path / "statefulspec-report").exists()
    (told,) = (line for line in result.outlines if "ours: " in line)
    imported = {name.removeprefix("harness.") for name in told.partition("ours: ")[2].split()}
    plugin = {name.removeprefix("plugin.") for name in imported if name.startswith("plugin.")}
    assert plugin == {"compat", "fixtures", "keys", "options", "tags", "versions", "waking"}
    assert {name for name in imported if not name.startswith(("plugin", "cluster"))} == {"api_server", "errors"}


def test_a_fixture_that_is_asked_for_at_run_time_wakes_the_plugin(pytester):
    """Nothing of the test says beforehand that it wants a cluster."""
    pytester.makepyfile(
        """
        def test_late(request):
            assert request.getfixturevalue("harness_settings").cluster == "embedded"
            assert request.getfixturevalue("harness_run_folder").is_dir()
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_what_is_told_wrong_is_told_though_nothing_is_used(pytester):
    """A mistake in an option ends the run, also one without scenarios."""
    pytester.makepyfile("def test_light(): pass")
    result = pytester.runpytest_subprocess("--harness-cluster=moon")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*there is no such cluster*"])


@pytest.mark.row(33)
def test_tags_are_known_under_strict_markers(pytester, write_feature):
    """Every tag of the closed list is a registered marker; another one is refused."""
    write_feature("@slow @exclusive\n" + FEATURE)
    assert pytester.runpytest("--strict-markers", "shelf.feature").ret == pytest.ExitCode.OK


SOUND = """\
Feature: A shelf
  Scenario Outline: A note is left about a <thing>
    Given a note
      \"""
      Scenario: same
      Scenario: same
      <b>a <thing></b> <br/> <!-- of ours -->
      \"""

    Examples:
      | thing |
      | book  |
"""
NOTE = (
    GLUE
    + """
@given("a note")
def a_note(docstring):
    assert docstring.count("Scenario: same") == 2
    assert "a book" in docstring
"""
)


@pytest.mark.parametrize("feature", [SOUND, "\ufeff" + SOUND, SOUND.replace("\n", "\r\n")])
def test_sound_feature_is_not_refused_for_how_it_looks(pytester, write_feature, feature):
    """A text that looks like Gherkin, markup, and what editors of Windows write."""
    write_feature("", NOTE)
    (pytester.path / "shelf.feature").write_bytes(feature.encode())

    pytester.runpytest("shelf.feature").assert_outcomes(passed=1)


def test_file_that_is_not_utf_8_is_told_with_its_line(pytester, write_feature):
    write_feature("")
    (pytester.path / "shelf.feature").write_bytes(FEATURE.replace("A book", "Ein B\xfcchlein").encode("latin-1"))

    result = pytester.runpytest("shelf.feature")

    result.stdout.fnmatch_lines(["*shelf.feature:2: is not UTF-8*", "*save the file as UTF-8*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*features.py*")
