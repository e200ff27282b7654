@needs_containers
Feature: The status counts a terminating replica until its pod is gone
  Whoever waits for the number of ready replicas to fall, or takes it for the number of those that get clients, is
  misled: a replica that is on its way out counts as ready for as long as its server runs.

  Scenario: The status counts a terminating replica until its pod is gone
    Given StatefulSet "leaver" with 2 ready replicas
    When pod "leaver-1" is deleted
    Then for 4 seconds "leaver" reports 2 ready replicas
    And within 30 seconds pod "leaver-1" is replaced

  Scenario: A replica that has stopped counts no more, while its pod is there
    Given StatefulSet "leaver" with 2 ready replicas
    And pod "leaver-1" is held by a finalizer
    When pod "leaver-1" is deleted
    Then within 20 seconds "leaver" reports 1 ready replica
    And for 2 seconds pod "leaver-1" exists
