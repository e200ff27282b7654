@needs_containers
Feature: Replicas find each other by name
  Members of a cluster look for each other from inside their pods, by short names, and often before any of them is
  ready: they become ready only once they have found each other.
  See https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pods

  @needs_dynamic_volumes
  Scenario: A replica finds its peer by the short name
    Given StatefulSet "myapp" with 2 ready replicas
    When pod "myapp-0" is deleted
    Then within 60 seconds pod "myapp-0" is replaced
    And within 10 seconds pod "myapp-1" resolves "myapp-0.myapp-svc" to pod "myapp-0"

  @needs_dynamic_volumes
  Scenario: A replica knows its own full name
    Given StatefulSet "myapp" with 1 ready replica
    When pod "myapp-0" is deleted
    Then within 60 seconds pod "myapp-0" is replaced
    And pod "myapp-0" has the host name "myapp-0.myapp-svc"

  Scenario: A replica of a service that publishes unready replicas keeps its name
    Given StatefulSet "peer" with 2 ready replicas
    When pod "peer-1" becomes unready
    Then for 5 seconds name "peer-1.peers" resolves to pod "peer-1" alone

  Scenario: A replica that has stopped has no name, though its pod is still there
    Given StatefulSet "farewell" with 1 ready replica
    And pod "farewell-0" is held by a finalizer
    When pod "farewell-0" is deleted
    Then within 20 seconds name "farewell-0.farewells" does not resolve
    And for 2 seconds pod "farewell-0" exists
