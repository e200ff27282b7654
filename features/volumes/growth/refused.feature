@upstream
Feature: A claim cannot ask for what its volume cannot become
  Only some classes of storage let a volume grow, and none lets it shrink: there may be data where it would end. Whoever
  asks is told no, and nothing changes.
  See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims

  Scenario: More is refused where the class does not let volumes grow
    Given claim "fixed" has got volume "small"
    When 64Mi are proposed for claim "fixed"
    Then the proposal is refused, because "must support resize"

  Scenario: Less than the volume holds is refused
    Given claim "roomy" has got volume "large"
    When 16Mi are proposed for claim "roomy"
    Then the proposal is refused, because "less than"

  @needs_dynamic_volumes
  Scenario: A set cannot be asked for larger claims than it has made
    Given stateful set "web" with 1 ready replica
    When 64Mi are proposed for each claim of "web"
    Then the proposal is refused, because "updates to statefulset spec"
    And for 3 seconds no pod of "web" is replaced
