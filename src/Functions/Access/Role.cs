namespace Relais.Access;

/// <summary>
/// The permissions of a member: a viewer reads; an operator also works with contacts, campaigns and messages; an owner also decides on
/// money, access and deletion. Each role includes the previous ones, so the order of the values matters.
/// </summary>
internal enum Role
{
    Viewer,
    Operator,
    Owner,
}
