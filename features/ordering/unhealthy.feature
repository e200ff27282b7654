@upstream
Feature: Trouble in one replica does not keep another from being replaced
  A lost pod comes back even while a later one is in trouble, and a pod that has failed is taken away and made anew: else
  one fault would turn into two that wait for each other.

  @needs_containers
  Scenario: A lost pod comes back while the next one is not ready
    Given stateful set "nginx-web" with 2 ready replicas
    And pod "nginx-web-1" is not ready
    When pod "nginx-web-0" is deleted
    Then within 20 seconds pod "nginx-web-0" is replaced while pod "nginx-web-1" is not ready

  Scenario: A failed pod is taken away and made anew
    Given stateful set "nginx-web" with 2 ready replicas
    When pod "nginx-web-0" fails
    Then within 20 seconds pod "nginx-web-0" is replaced
    And for 3 seconds "nginx-web" has 2 pods

  @needs_containers
  Scenario: Replicas that are managed in parallel stop even if none is ready
    Given stateful set "nginx-web" with 2 ready replicas, managed in parallel
    And no pod of "nginx-web" is ready
    When stateful set "nginx-web" is scaled to 0
    Then within 20 seconds no pod of "nginx-web" is left
