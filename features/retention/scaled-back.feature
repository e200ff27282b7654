@needs_containers @needs_dynamic_volumes
Feature: A replica whose scaling down is taken back comes back
  An autoscaler may change its mind before a replica has ended. The replica is wanted again then, whatever becomes of the
  claim that it was to give up.

  @known_broken
  Scenario: A replica is recreated although its claim was on its way out
    Given StatefulSet "web" with 2 ready replicas
    And StatefulSet "web" has been updated to claim retention policy Delete when scaled
    And scaling "web" to 1 has reached pod "web-1"
    When StatefulSet "web" is scaled to 2
    Then within 20 seconds all 2 replicas of "web" are ready
