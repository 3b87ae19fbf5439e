namespace Relais.Access;

/// <summary>Opens the function to every user with a valid access token, whether or not the user is a member of a tenant.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SignedInAttribute : Attribute;
