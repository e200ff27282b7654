@upstream
Feature: A claim cannot request what its volume cannot become
  Only some storage classes allow volume expansion, and none allows a volume to shrink: there may be data at its end.
  The API server rejects such a request, and nothing changes.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims

  Scenario: A larger request is rejected where the class does not allow expansion
    Given claim "fixed" is bound to volume "small"
    When an update of claim "fixed" to 64Mi is tried
    Then the update is rejected, because "must support resize"

  Scenario: A smaller request than the capacity is rejected
    Given claim "roomy" is bound to volume "large"
    When an update of claim "roomy" to 16Mi is tried
    Then the update is rejected, because "less than"

  @needs_dynamic_volumes
  Scenario: An update to larger claim templates is rejected
    Given StatefulSet "web" with 1 ready replica
    When an update of the claim templates of "web" to 64Mi is tried
    Then the update is rejected for field "spec"
    And for 3 seconds no pod of "web" is replaced
