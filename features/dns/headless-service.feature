Feature: A headless service resolves to exactly the ready replicas
  A client that asks for the service gets all replicas that are ready, and no other: one address too many is a failed
  request, one too few is idle capacity.
  See https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#services

  Background:
    Given StatefulSet "nginx-web" with 2 ready replicas

  Scenario: A new replica is listed as soon as it is ready
    When StatefulSet "nginx-web" is scaled to 3
    Then within 60 seconds all 3 replicas of "nginx-web" are ready
    And within 10 seconds name "nginx-svc" resolves to exactly the ready pods of "nginx-web"

  @needs_containers
  Scenario: A replica that stops being ready is not listed any more
    When pod "nginx-web-1" becomes unready
    Then within 10 seconds name "nginx-svc" resolves to pod "nginx-web-0" alone

  Scenario: A replaced pod is listed with its new address
    When pod "nginx-web-1" is deleted
    Then within 60 seconds pod "nginx-web-1" is replaced
    And within 10 seconds name "nginx-svc" resolves to exactly the ready pods of "nginx-web"
    And at no time since the scenario began was a name of "nginx-web" wrong for more than 8 seconds

  Scenario: The service names every replica that serves a port
    When StatefulSet "nginx-web" is scaled to 3
    Then within 60 seconds all 3 replicas of "nginx-web" are ready
    And within 10 seconds port "web" of "nginx-svc" resolves to exactly the ready pods of "nginx-web"
