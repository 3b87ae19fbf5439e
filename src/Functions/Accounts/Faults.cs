using Relais.Platform;

namespace Relais.Accounts;

/// <summary>What is wrong with a body, by field; every fault is kept.</summary>
internal sealed class Faults
{
    private readonly Dictionary<string, List<string>> found = [];

    public Failure? Failure => found.Count == 0 ? null : TelephonyFailures.Invalid(found.ToDictionary(fault => fault.Key, fault => fault.Value.ToArray()));

    public Faults Check(string field, bool isValid, string fault)
    {
        if (!isValid)
        {
            if (!found.TryGetValue(field, out var list))
            {
                found.Add(field, list = []);
            }

            list.Add(fault);
        }

        return this;
    }
}
