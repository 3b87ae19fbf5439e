using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Microsoft.DurableTask.Engine;

/// <summary>Version 5 GUIDs from instance, time and a counter: the same in every replay.</summary>
internal static class StableGuid
{
    private static readonly byte[] Namespace = new Guid("6c1f0a54-3b0e-5d0f-9d5e-27b1a4b8e6f3").ToByteArray(bigEndian: true);

    public static Guid Create(string instanceId, DateTime time, int counter)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{instanceId}\n{time:o}\n{counter}");
        byte[] text = [.. Namespace, .. Encoding.UTF8.GetBytes(name)];
#pragma warning disable CA5350 // version 5 is defined with SHA-1; nothing secret is hashed
        var hash = SHA1.HashData(text)[..16];
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }
}
