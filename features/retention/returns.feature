@upstream @needs_dynamic_volumes
Feature: A replica that is scaled up again while terminating comes back
  An autoscaler changes its mind within seconds. A terminating replica and its claim are recreated when both are gone.

  Scenario: In parallel a replica that is wanted again at once comes back
    Given StatefulSet "web" with 3 ready replicas and parallel pod management
    And StatefulSet "web" has been updated to claim retention policy Delete when scaled
    And scaling "web" to 1 has begun to delete pod "web-2"
    When StatefulSet "web" is scaled to 3
    Then within 20 seconds all 3 replicas of "web" are ready

  @known_broken
  Scenario: A replica that was scaled away and wanted again at once comes back
    Given StatefulSet "web" with 3 ready replicas
    And StatefulSet "web" has been updated to claim retention policy Delete when scaled
    And scaling "web" to 1 has begun to delete pod "web-2"
    When StatefulSet "web" is scaled to 3
    Then within 20 seconds all 3 replicas of "web" are ready
