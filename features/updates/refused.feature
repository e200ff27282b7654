@upstream @needs_dynamic_volumes
Feature: What identifies a set's replicas cannot be changed
  The service gives the replicas their names, the templates their claims. To change either would leave every replica
  without what it had: the server says no.

  Scenario: Another service is refused
    Given stateful set "web" with 1 ready replica
    When service "elsewhere" is proposed for "web"
    Then the proposal is refused
    And for 3 seconds no pod of "web" is replaced

  Scenario: Other claims are refused
    Given stateful set "web" with 1 ready replica
    When other claims are proposed for "web"
    Then the proposal is refused
    And for 3 seconds no pod of "web" is replaced
