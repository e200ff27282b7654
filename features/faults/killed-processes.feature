@exclusive @needs_containers @needs_dynamic_volumes @needs_node_faults
Feature: A killed process is restarted in its pod
  The kernel kills a process when memory is short. Its pod stays, and so do its name, address, claim and data.

  Scenario: A killed process finds its data when it is started again
    Given StatefulSet "myapp" with 2 ready replicas
    And each replica of "myapp" has written its own data
    When the process of pod "myapp-1" is killed
    Then within 30 seconds pod "myapp-1" runs again
    And each replica of "myapp" reads its own data
