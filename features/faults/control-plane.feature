@exclusive @needs_containers @needs_control_plane_faults
Feature: An outage of the control plane delays, and changes no order
  While a component of the control plane is down, nothing moves and nothing is lost. When it is back it continues where
  it was, in the same order, and does nothing twice.

  Rule: Without the controller manager nothing moves, and order is kept

    Scenario: Nothing moves while the controller manager is frozen
      Given StatefulSet "nginx-web" with 2 ready replicas
      And the controller manager is frozen
      When StatefulSet "nginx-web" is scaled to 4
      Then for 5 seconds "nginx-web" has 2 pods
      And at no time since the scenario began did "nginx-web" start a replica out of order

    Scenario: Changes made meanwhile are carried out in order when it is resumed
      Given StatefulSet "nginx-web" with 1 ready replica
      And the controller manager is frozen
      And scaling "nginx-web" to 3 has been requested
      When the controller manager is resumed
      Then within 40 seconds all 3 replicas of "nginx-web" are ready
      And pods "nginx-web-1" and "nginx-web-2" were created in this order, each after the one before was ready

    Scenario: A rollout goes on in order after the controller manager was killed
      Given StatefulSet "nginx-web" with 3 ready replicas
      And the rollout of version "v2" of "nginx-web" has reached pod "nginx-web-2"
      When the controller manager is killed and restarted
      Then within 60 seconds all 3 replicas of "nginx-web" run version "v2"
      And pods "nginx-web-1" and "nginx-web-0" were deleted in this order, each after the one before was gone
      And at no time since the scenario began did "nginx-web" replace a replica out of order

  Rule: A rollout survives the loss of the API server

    Scenario: A rollout goes on in order after the API server was killed
      Given StatefulSet "nginx-web" with 3 ready replicas
      And the rollout of version "v2" of "nginx-web" has reached pod "nginx-web-2"
      When the API server is killed and restarted
      Then within 90 seconds all 3 replicas of "nginx-web" run version "v2"
      And at no time since the scenario began did "nginx-web" replace a replica out of order

  Rule: Without the scheduler new pods stay pending

    Scenario: A new replica stays pending while the scheduler is frozen
      Given StatefulSet "nginx-web" with 1 ready replica
      And the scheduler is frozen
      When StatefulSet "nginx-web" is scaled to 2
      Then within 10 seconds "nginx-web" has 2 pods
      And for 4 seconds pod "nginx-web-1" is not ready

    Scenario: A pending replica is scheduled when the scheduler is resumed
      Given StatefulSet "nginx-web" with 1 ready replica
      And the scheduler is frozen
      And scaling "nginx-web" to 3 has been requested
      When the scheduler is resumed
      Then within 40 seconds all 3 replicas of "nginx-web" are ready
      And at no time since the scenario began did "nginx-web" start a replica out of order
