@upstream
Feature: A replica counts once it has been ready for long enough
  A server that has just come up may fall over again. Whoever asks for some seconds of proof gets them between any two
  replicas, and in what the set reports.

  Scenario: The next replica starts only when the former has been ready for long enough
    When stateful set "nginx-web" is applied with 3 replicas that are available after 4 seconds
    Then within 90 seconds all 3 replicas of "nginx-web" are ready
    And at no time did "nginx-web" start a replica out of order

  Scenario: The next replica is updated only when the former has been ready for long enough
    Given stateful set "nginx-web" with 2 ready replicas, available after 4 seconds
    When version "v2" of "nginx-web" is rolled out
    Then within 90 seconds all 2 replicas of "nginx-web" run version "v2"
    And at no time did "nginx-web" replace a replica out of order

  Scenario: Replicas that have not been ready for long enough are not reported as available
    Given stateful set "nginx-web" with 2 ready replicas
    When "nginx-web" counts a replica as available after 60 minutes
    Then within 10 seconds "nginx-web" reports 0 available replicas
    And for 5 seconds "nginx-web" reports 0 available replicas

  Scenario: Replicas are reported as available as soon as less is asked of them
    Given stateful set "nginx-web" with 2 ready replicas
    And "nginx-web" has counted no replica as available, since that takes 60 minutes
    When "nginx-web" counts a replica as available at once
    Then within 10 seconds "nginx-web" reports 2 available replicas
