namespace Relais.Access;

/// <summary>What an API key may do; stored in lower case, '*' stands for all.</summary>
internal enum Scope
{
    Contacts,
    Campaigns,
    Messages,
}

/// <summary>The function needs an API key with this scope.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequireAttribute(Scope scope) : Attribute
{
    public Scope Scope { get; } = scope;
}

/// <summary>The function is open to everybody, or checks its caller by other means: <paramref name="why"/> says which.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PublicAttribute(string why) : Attribute
{
    public string Why { get; } = why;
}
