@upstream
Feature: Pods outlive their set, and no set takes the pods of another
  A set can be deleted and recreated while its pods keep serving. Two sets with the same labels each keep the pods that
  bear their own name.

  Background:
    Given StatefulSet "nginx-web" with 2 ready replicas

  Scenario: Orphaned pods are adopted by the next set of the same name
    Given StatefulSet "nginx-web" has been deleted, orphaning its pods
    When StatefulSet "nginx-web" is applied again
    Then within 30 seconds all 2 replicas of "nginx-web" are ready
    And for 5 seconds no pod of "nginx-web" is replaced
    And at no time since the scenario began did "nginx-web" own other pods than those it selects for more than 5 seconds

  Scenario: Two sets with the same labels each have their own pods
    When StatefulSet "nginx-twin" is applied with 2 replicas
    Then within 60 seconds all 2 replicas of "nginx-twin" are ready
    And for 5 seconds no pod of "nginx-web" is replaced
    And at no time since the scenario began did "nginx-twin" own other pods than those it selects for more than 5 seconds
    And at no time since the scenario began did "nginx-web" own other pods than those it selects for more than 5 seconds
