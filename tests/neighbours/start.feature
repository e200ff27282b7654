Feature: A set starts beside other plugins
  Scenario: Its replicas are ready
    When StatefulSet "web" is applied with 2 replicas
    Then within 60 seconds all 2 replicas of "web" are ready
