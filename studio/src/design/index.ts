// The design system, in one import.

export { appearance, type Appearance, chooseAppearance } from "./appearance";
export { Button, IconButton, LinkButton } from "./button";
export { Badge, Card, type Tone } from "./card";
export { Confirm, Dialog } from "./dialog";
export { type Choice, Field, FieldError, Segmented, Select, Switch, TextArea, TextField } from "./field";
export { Icon, type IconName, Mark } from "./icon";
export { Menu, type MenuItem } from "./menu";
export { EmptyState, Marked, Notice, ProblemNotice } from "./notice";
export { Page, PageHeading, useTitle } from "./page";
export { Progress, Skeleton, Spinner } from "./progress";
export { type Tab, Tabs } from "./tabs";
export { announce, showToast, type Toast, ToastRegion } from "./toast";
