@upstream
Feature: Pods outlive their set, and one set does not take those of another
  A set can be deleted and made anew while its pods go on serving; and two sets whose labels overlap each keep to the
  pods that bear their own name.

  Background:
    Given stateful set "nginx-web" with 2 ready replicas

  Scenario: Pods that their set has left behind are adopted by the next set of its name
    Given stateful set "nginx-web" is gone, and its pods are not
    When stateful set "nginx-web" is applied again
    Then within 30 seconds all 2 replicas of "nginx-web" are ready
    And for 5 seconds no pod of "nginx-web" is replaced
    And at no time did "nginx-web" mistake whose pods are its own for more than 5 seconds

  Scenario: Two sets with the same labels each have their own pods
    When stateful set "nginx-twin" is applied with 2 replicas
    Then within 60 seconds all 2 replicas of "nginx-twin" are ready
    And for 5 seconds no pod of "nginx-web" is replaced
    And at no time did "nginx-twin" mistake whose pods are its own for more than 5 seconds
    And at no time did "nginx-web" mistake whose pods are its own for more than 5 seconds
