namespace Relais.Access.Members;

/// <summary>Converts roles to and from the names that the database and the API use.</summary>
internal static class RoleName
{
    public const string Owner = "owner";
    public const string Operator = "operator";
    public const string Viewer = "viewer";

    public const string InvalidRoleFault = "must be one of owner, operator, viewer";

    public static string Format(Role role) => role.ToString().ToLowerInvariant();

    public static Role Parse(string name) => Enum.Parse<Role>(name, ignoreCase: true);

    public static bool IsValid(string? name) => name is Owner or Operator or Viewer;
}
