@needs_containers
Feature: A replica is asked for its readiness until it ends
  A replica that hands over its work says by its readiness probe how far it is. Load balancers and peers go by that, also
  while it terminates; a probe that is silent then tells them that nothing has changed.

  @known_broken
  Scenario: A replica that says no while it terminates is not ready
    Given StatefulSet "handover" with 1 ready replica
    When pod "handover-0" is deleted
    Then within 6 seconds pod "handover-0" is not ready, although its server still runs
