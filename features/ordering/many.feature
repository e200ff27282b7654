@upstream
Feature: The tenth replica comes after the ninth
  Names are sorted letter by letter, ordinals are not: "10" comes before "9" in a list, and after it in a set.

  Scenario: More than ten replicas start in the order of their ordinals
    Given stateful set "nginx-web" with 2 ready replicas, numbered from 8
    When stateful set "nginx-web" is scaled to 4
    Then within 60 seconds all 4 replicas of "nginx-web" are ready
    And pods "nginx-web-10" and "nginx-web-11" were created in this order, each with the former ready
    And at no time did "nginx-web" start a replica out of order

  Scenario: More than ten replicas stop in the order of their ordinals
    Given stateful set "nginx-web" with 4 ready replicas, numbered from 8
    When stateful set "nginx-web" is scaled to 1
    Then within 60 seconds "nginx-web-8" is the only pod of "nginx-web"
    And pods "nginx-web-11", "nginx-web-10" and "nginx-web-9" were removed in this order, each with the former gone
    And at no time did "nginx-web" stop a replica out of order

  Scenario: More than ten replicas are updated in the order of their ordinals
    Given stateful set "nginx-web" with 3 ready replicas, numbered from 8
    When version "v2" of "nginx-web" is rolled out
    Then within 60 seconds all 3 replicas of "nginx-web" run version "v2"
    And at no time did "nginx-web" replace a replica out of order
    And pods "nginx-web-10", "nginx-web-9" and "nginx-web-8" were removed in this order, each with the former gone

  @slow
  Scenario: A set of twelve replicas starts in the order of their ordinals
    When stateful set "nginx-web" is applied with 12 replicas
    Then within 180 seconds all 12 replicas of "nginx-web" are ready
    And pods "nginx-web-8", "nginx-web-9", "nginx-web-10" and "nginx-web-11" were created in this order, each with the former ready
    And at no time did "nginx-web" start a replica out of order
