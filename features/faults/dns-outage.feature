@exclusive @needs_containers @needs_control_plane_faults
Feature: Names are answered again after the DNS was away
  The servers of the cluster's DNS are pods like others. Their successors know every name that there is.

  Scenario: A replica is found by its name as soon as the DNS is back
    Given StatefulSet "nginx-web" with 2 ready replicas
    When the DNS of the cluster is restarted
    Then within 30 seconds name "nginx-web-1.nginx-svc" resolves to pod "nginx-web-1" alone
    And within 5 seconds name "nginx-svc" resolves to exactly the ready pods of "nginx-web"
