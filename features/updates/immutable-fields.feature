@upstream @needs_dynamic_volumes
Feature: What identifies the replicas of a set is immutable
  The service gives the replicas their names, and the templates give them their claims. An update of either would take
  that away from every replica: the API server rejects it.

  Scenario: An update to another service is rejected
    Given StatefulSet "web" with 1 ready replica
    When an update of "web" to service "elsewhere" is tried
    Then the update is rejected
    And for 3 seconds no pod of "web" is replaced

  Scenario: An update of the claim templates is rejected
    Given StatefulSet "web" with 1 ready replica
    When an update of "web" to no claim templates is tried
    Then the update is rejected
    And for 3 seconds no pod of "web" is replaced

  @since_1_37
  Scenario: A rejected update names the field that cannot be changed
    Given StatefulSet "web" with 1 ready replica
    When an update of "web" to service "elsewhere" is tried
    Then the update is rejected for field "spec.serviceName"
