@exclusive @needs_containers @needs_control_plane_faults
Feature: Names resolve again after an outage of the DNS
  The DNS servers of the cluster are pods too. Their replacements know every name.

  Scenario: A replica is found by its name as soon as the DNS is back
    Given StatefulSet "nginx-web" with 2 ready replicas
    When the DNS of the cluster is restarted
    Then within 30 seconds name "nginx-web-1.nginx-svc" resolves to pod "nginx-web-1" alone
    And within 5 seconds name "nginx-svc" resolves to exactly the ready pods of "nginx-web"
