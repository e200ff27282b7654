@since_1_35 @needs_containers @needs_zones
Feature: A replica is told the zone it runs in
  A member of a database keeps its copies in different zones, and it has to know its own. Since Kubernetes 1.35 a pod has
  the zone of its node as a label from the moment it is bound, so that its containers can read it without asking anybody.
  See https://kubernetes.io/docs/reference/labels-annotations-taints/#topologykubernetesiozone

  Scenario: A replica is told the zone of its node in its environment
    Given StatefulSet "zoned" with 2 ready replicas
    When pod "zoned-1" is deleted
    Then within 60 seconds pod "zoned-1" is replaced
    And pod "zoned-0" is told the zone of its node in its environment
    And pod "zoned-1" is told the zone of its node in its environment
