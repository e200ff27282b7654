@exclusive @needs_go_between
Feature: A program that is cut off the API server loses nothing
  What is cut off is one program alone: its machine, and all others, reach the server as before. What it has said
  meanwhile is lost. When the line is whole again it looks at what there is, and goes on.

  Rule: The control plane goes on where it was

    Scenario: Nothing moves while the controller manager is cut off
      Given StatefulSet "nginx-web" with 2 ready replicas
      And the controller manager has been cut off from the API server
      When StatefulSet "nginx-web" is scaled to 4
      Then for 5 seconds "nginx-web" has 2 pods
      And at no time since the scenario began did "nginx-web" start a replica out of order

    Scenario: A start goes on in order when the controller manager is back
      Given StatefulSet "nginx-web" with 1 ready replica
      And the controller manager has been cut off from the API server
      And scaling "nginx-web" to 3 has been requested
      When the controller manager is reconnected to the API server
      Then within 60 seconds all 3 replicas of "nginx-web" are ready
      And pods "nginx-web-1" and "nginx-web-2" were created in this order, each after the one before was ready

  Rule: A name follows its pod again

    Scenario: A name leads to its pod when the DNS is back
      Given StatefulSet "nginx-web" with 2 ready replicas
      And the DNS of the cluster has been cut off from the API server
      And StatefulSet "nginx-web" has been scaled to 3
      When the DNS of the cluster is reconnected to the API server
      Then within 60 seconds name "nginx-web-2.nginx-svc" resolves to pod "nginx-web-2" alone

  @needs_containers @needs_node_faults
  Rule: A node goes on without its kubelet's word

    Scenario: A replica whose kubelet is cut off holds back the next, and stays
      Given StatefulSet "nginx-web" with 1 ready replica
      And the kubelet of pod "nginx-web-0" has been cut off from the API server
      When StatefulSet "nginx-web" is scaled to 2
      Then for 5 seconds "nginx-web" has 1 pod
      And no pod of "nginx-web" is replaced

    Scenario: A replica is ready again, and the same, when its kubelet is back
      Given StatefulSet "nginx-web" with 1 ready replica
      And the kubelet of pod "nginx-web-0" has been cut off from the API server
      When the kubelet of pod "nginx-web-0" is reconnected to the API server
      Then within 60 seconds pod "nginx-web-0" is ready
      And no pod of "nginx-web" is replaced
