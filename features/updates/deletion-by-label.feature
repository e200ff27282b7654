@upstream
Feature: Deleting sets by label deletes no other set
  A test system is cleaned up by label, many sets at once. The other sets must not notice.

  Scenario: Deleting the sets of one group leaves another set alone
    Given StatefulSet "nginx-web" with 1 ready replica in group "leftovers"
    And StatefulSet "peer" with 1 ready replica
    When all StatefulSets in group "leftovers" are deleted
    Then within 30 seconds "nginx-web" has no pods
    And no pod of "peer" is replaced
