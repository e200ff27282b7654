@upstream
Feature: An unhealthy replica does not block the replacement of another
  A lost pod is replaced even while a later one is not ready, and a failed pod is deleted and recreated: otherwise one
  fault would become two that wait for each other.

  @needs_containers
  Scenario: A lost pod comes back while the next one is not ready
    Given StatefulSet "nginx-web" with 2 ready replicas
    And pod "nginx-web-1" is not ready
    When pod "nginx-web-0" is deleted
    Then within 20 seconds pod "nginx-web-0" is replaced while pod "nginx-web-1" is not ready

  Scenario: A failed pod is deleted and recreated
    Given StatefulSet "nginx-web" with 2 ready replicas
    When pod "nginx-web-0" fails
    Then within 20 seconds pod "nginx-web-0" is replaced
    And for 3 seconds "nginx-web" has 2 pods

  @needs_containers
  Scenario: With parallel pod management replicas stop even if none is ready
    Given StatefulSet "nginx-web" with 2 ready replicas and parallel pod management
    And no pod of "nginx-web" is ready
    When StatefulSet "nginx-web" is scaled to 0
    Then within 20 seconds "nginx-web" has no pods

  @needs_containers @known_broken
  Scenario: A set of which no replica is ready can be scaled to nothing
    Given StatefulSet "nginx-web" with 3 ready replicas
    And no pod of "nginx-web" is ready
    When StatefulSet "nginx-web" is scaled to 0
    Then within 10 seconds "nginx-web" has no pods
