Feature: A set uses claims that were created for it beforehand
  To move a database into a set, its claims are created first, with the data in them. The name of a claim says which
  replica it is for: the names of template and set, and the ordinal. A claim under any other name is not used.
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
