Feature: A set uses the claims that were made for it beforehand
  Whoever moves a database into a set makes its claims first, with the data in them. The name says which replica a claim
  is for: that of the template, of the set, and the ordinal. Under any other name it is nobody's.
  See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage

  Scenario: Claims named for the replicas become theirs
    Given volumes "small-1" and "small-2" are available
    And claims "db-mysql-0" and "db-mysql-1" are bound
    When StatefulSet "mysql" is applied with 2 replicas
    Then within 60 seconds all 2 replicas of "mysql" are ready
    And "mysql" uses claims "db-mysql-0" and "db-mysql-1", which already existed

  Scenario: A claim under another name is left alone
    Given volumes "small-1" and "small-2" are available
    And claim "mysql-db-0" is bound
    When StatefulSet "mysql" is applied with 1 replica
    Then within 60 seconds the only replica of "mysql" is ready
    And at no time since the scenario began did a pod use claim "mysql-db-0"
