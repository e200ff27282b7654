@needs_containers
Feature: A terminating replica receives no new clients
  A replica may stop slowly: it hands over and finishes its work. From the moment its deletion is requested no name
  resolves to it, although it still runs; only a service that publishes unready addresses keeps it.
  See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination-flow

  Background:
    Given StatefulSet "leaver" with 2 ready replicas

  Scenario: A replica that takes its time to stop has no name meanwhile
    When pod "leaver-1" is deleted
    Then within 3 seconds name "leaver-1.leavers" does not resolve
    And for 3 seconds name "leaver-1.leavers" does not resolve
    And at no time since the event did a name lead to a pod of "leaver" more than 3 seconds after its deletion

  Scenario: A service leads past a replica that takes its time to stop
    When pod "leaver-1" is deleted
    Then within 3 seconds name "leavers" resolves to pod "leaver-0" alone
    And for 3 seconds name "leavers" resolves to pod "leaver-0" alone
    And at no time since the event did a name lead to a pod of "leaver" more than 3 seconds after its deletion
