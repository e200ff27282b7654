@exclusive @needs_containers @needs_control_plane_faults
Feature: A control plane in trouble delays, and disturbs no order
  While the programs of the control plane are away nothing moves and nothing is lost. When they are back they go on where
  they were, in the same order, and do nothing twice.

  Scenario: Nothing moves while the controllers stand still
    Given stateful set "nginx-web" with 2 ready replicas
    And the controller manager stands still
    When stateful set "nginx-web" is scaled to 4
    Then for 5 seconds "nginx-web" has 2 pods
    And at no time did "nginx-web" start a replica out of order

  Scenario: What was asked for meanwhile happens in order when the controllers go on
    Given stateful set "nginx-web" with 1 ready replica
    And the controller manager stands still
    And "nginx-web" is asked to have 3 replicas
    When the controller manager goes on
    Then within 40 seconds all 3 replicas of "nginx-web" are ready
    And pods "nginx-web-1" and "nginx-web-2" were created in this order, each with the former ready

  Scenario: A rollout goes on in order under new controllers
    Given stateful set "nginx-web" with 3 ready replicas
    And version "v2" of "nginx-web" has come as far as pod "nginx-web-2"
    When the controller manager is killed and started anew
    Then within 60 seconds all 3 replicas of "nginx-web" run version "v2"
    And pods "nginx-web-1" and "nginx-web-0" were removed in this order, each with the former gone
    And at no time did "nginx-web" replace a replica out of order

  Scenario: A rollout goes on in order under a new API server
    Given stateful set "nginx-web" with 3 ready replicas
    And version "v2" of "nginx-web" has come as far as pod "nginx-web-2"
    When the API server is killed and started anew
    Then within 90 seconds all 3 replicas of "nginx-web" run version "v2"
    And at no time did "nginx-web" replace a replica out of order

  Scenario: A new replica waits while nobody finds nodes for pods
    Given stateful set "nginx-web" with 1 ready replica
    And the scheduler stands still
    When stateful set "nginx-web" is scaled to 2
    Then within 10 seconds "nginx-web" has 2 pods
    And for 4 seconds pod "nginx-web-1" is not ready

  Scenario: A replica that waited for a node gets one when the scheduler goes on
    Given stateful set "nginx-web" with 1 ready replica
    And the scheduler stands still
    And "nginx-web" is asked to have 3 replicas
    When the scheduler goes on
    Then within 40 seconds all 3 replicas of "nginx-web" are ready
    And at no time did "nginx-web" start a replica out of order
