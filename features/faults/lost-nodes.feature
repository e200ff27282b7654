@exclusive @needs_containers @needs_three_nodes @needs_dynamic_volumes @needs_lost_nodes
Feature: A lost node takes no identity with it
  A node fails, or its network does. Its replicas keep their names and claims until it returns. They start elsewhere
  only after someone has confirmed that nothing runs there any more, and never twice under one name.
  See https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown

  Background:
    Given StatefulSet "myapp" with 3 ready replicas
    And each replica of "myapp" has written its own data

  Rule: A replica waits for the return of its node

    Scenario: A replica on a failed node is not replaced
      When the node of pod "myapp-1" fails
      Then within 75 seconds pod "myapp-1" is not ready
      And for 5 seconds pod "myapp-1" is not replaced

    Scenario: A replica comes back with its node
      Given the node of pod "myapp-1" has failed
      When all faults are healed
      Then within 40 seconds pod "myapp-1" runs again
      And each replica of "myapp" reads its own data

  Rule: The out-of-service taint moves a replica to another node

    @upstream @needs_roaming_volumes
    Scenario: A replica of an out-of-service node starts elsewhere with its data
      Given the node of pod "myapp-1" has failed
      When the node of pod "myapp-1" is tainted out-of-service
      Then within 60 seconds pod "myapp-1" has moved to another node
      And each replica of "myapp" reads its own data
      And at no time since the scenario began did two pods write as "myapp-1"

  Rule: A partition never leads to two pods of one name

    Scenario: A replica that is cut off from the network is not replaced
      When the node of pod "myapp-1" is cut off from the network
      Then within 75 seconds pod "myapp-1" is not ready
      And for 5 seconds pod "myapp-1" is not replaced

    Scenario: A replica that was cut off has been the only one of its name
      Given the node of pod "myapp-1" has been cut off from the network
      When all faults are healed
      Then within 40 seconds pod "myapp-1" is ready
      And at no time since the scenario began did two pods write as "myapp-1"

  Rule: The replicas of a failed zone return with the zone

    @needs_zones
    Scenario: The replicas of a zone that fails as a whole come back with their data
      Given zone "zone-1" has failed
      When all faults are healed
      Then within 40 seconds all 3 replicas of "myapp" are ready
      And each replica of "myapp" reads its own data
      And at no time since the scenario began did a replica of "myapp" lose its claim
