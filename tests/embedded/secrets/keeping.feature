Feature: Applications that say what they should keep to themselves
  What they hold and print is found in no file of the run.

  Scenario: One prints all that it holds
    When StatefulSet "keeper" is applied with 1 replica
    Then within 60 seconds all 1 replicas of "keeper" are ready
    And for 1 second "keeper" has 7 pods

  Scenario: One says it in its probe
    When StatefulSet "prober" is applied with 1 replica
    Then within 8 seconds all 1 replicas of "prober" are ready

  Scenario: One is refused for it
    When StatefulSet "refused" is applied with 1 replica
    Then within 60 seconds all 1 replicas of "refused" are ready
