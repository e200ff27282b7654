@upstream @needs_dynamic_volumes
Feature: What identifies a set's replicas cannot be changed
  The service gives the replicas their names, the templates their claims. To change either would leave every replica
  without what it had: the server says no.

  Scenario: An update to another service is rejected
    Given StatefulSet "web" with 1 ready replica
    When an update of "web" to service "elsewhere" is tried
    Then the update is rejected
    And for 3 seconds no pod of "web" is replaced

  Scenario: An update of the claim templates is rejected
    Given StatefulSet "web" with 1 ready replica
    When an update of the claim templates of "web" is tried
    Then the update is rejected
    And for 3 seconds no pod of "web" is replaced

  @since_1_37
  Scenario: A rejected update names the field that cannot be changed
    Given StatefulSet "web" with 1 ready replica
    When an update of "web" to service "elsewhere" is tried
    Then the update is rejected for field "spec.serviceName"
