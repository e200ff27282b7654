@upstream
Feature: Sets are deleted by their labels, and no others
  Whoever cleans up a test system deletes by label, many sets at once. The ones beside them must not notice.

  Scenario: Deleting the sets of one group leaves another set alone
    Given StatefulSet "nginx-web" with 1 ready replica in group "leftovers"
    And StatefulSet "peer" with 1 ready replica
    When all StatefulSets in group "leftovers" are deleted
    Then within 30 seconds no pod of "nginx-web" is left
    And no pod of "peer" has been replaced
