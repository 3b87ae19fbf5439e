namespace Microsoft.DurableTask.Engine;

internal static class InstanceIds
{
    private const int Longest = 500;

    public static void ThrowIfInvalid(string id, string? parameter = null)
    {
        if (id.StartsWith('@'))
        {
            throw new ArgumentException("Instance ids must not begin with '@': such ids belong to entities.", parameter);
        }

        if (id.Length > Longest || id.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"Instance ids have at most {Longest} characters, none of them null.", parameter);
        }
    }
}
