import { Image } from "lucide-react";
import { useEffect, useState } from "react";
import type { Photo } from "./photos";

/** A photo that this phone keeps, small; what the browser cannot draw is a sign. */
export function Thumb({ photo, name }: { photo: Photo; name: string }) {
  const { blob, id, type } = photo;
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
    // A photo never changes; each reading of the shelf gives another object for it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id]);
  if (type === "HEIC") {
    return <span role="img" aria-label={name} className="grid aspect-square w-full place-items-center text-quiet"><Image aria-hidden className="size-10" /></span>;
  }
  return address ? <img src={address} alt={name} className="aspect-square w-full object-cover" /> : <span className="block aspect-square" />;
}
