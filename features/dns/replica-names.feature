Feature: Each replica has a DNS name of its own
  Clients and peers are configured with the names of replicas. Each name must resolve to its own pod, to nothing else,
  and not at all once the replica is gone.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id

  Background:
    Given StatefulSet "nginx-web" with 2 ready replicas

  Scenario: Each new replica gets a name that resolves to its own pod
    When StatefulSet "nginx-web" is scaled to 3
    Then within 60 seconds all 3 replicas of "nginx-web" are ready
    And within 10 seconds name "nginx-web-0.nginx-svc" resolves to pod "nginx-web-0" alone
    And within 10 seconds name "nginx-web-1.nginx-svc" resolves to pod "nginx-web-1" alone
    And within 10 seconds name "nginx-web-2.nginx-svc" resolves to pod "nginx-web-2" alone

  Scenario: The name of a deleted pod resolves to the pod that replaces it
    When pod "nginx-web-0" is deleted
    Then within 60 seconds name "nginx-web-0.nginx-svc" resolves to a new pod "nginx-web-0"
    And at no time since the scenario began was a name of "nginx-web" wrong for more than 8 seconds

  Scenario: A replica that was scaled away has no name any more
    When StatefulSet "nginx-web" is scaled to 1
    Then within 30 seconds name "nginx-web-1.nginx-svc" does not resolve
    And within 10 seconds name "nginx-web-0.nginx-svc" resolves to pod "nginx-web-0" alone

  @needs_containers
  Scenario: A replica that is not ready has no name
    When pod "nginx-web-1" becomes unready
    Then within 10 seconds name "nginx-web-1.nginx-svc" does not resolve
    And for 5 seconds name "nginx-web-1.nginx-svc" does not resolve

  Scenario: A name exists even for the kind of address that its pod lacks
    The set's service speaks IPv4 only. To ask for an IPv6 address must find the name, without an address; a client
    that hears that there is no such name gives up on it altogether.

    When StatefulSet "nginx-web" is scaled to 3
    Then within 60 seconds all 3 replicas of "nginx-web" are ready
    And within 10 seconds name "nginx-web-2.nginx-svc" exists without an IPv6 address
