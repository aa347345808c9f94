-- May this session act as a role?
SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %(role)s) AND pg_has_role(current_user, oid, 'MEMBER')
  FROM pg_roles
 WHERE rolname = %(role)s
